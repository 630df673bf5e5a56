/** What can be ordered without knowing the provider's names: software stacks and sizes. */

export interface Stack {
  type: string;
  label: string;
  note: string;
}

export const STACKS: readonly Stack[] = [
  { type: "nginxphp", label: "PHP on NGINX", note: "Websites and shops" },
  { type: "apache2", label: "PHP on Apache", note: "With .htaccess" },
  { type: "nodejs", label: "Node.js", note: "JavaScript services" },
  { type: "tomcat", label: "Tomcat", note: "Java applications" },
  { type: "python", label: "Python", note: "WSGI applications" },
  { type: "postgresql", label: "PostgreSQL", note: "Database" },
  { type: "mysql", label: "MySQL", note: "Database" },
  { type: "redis", label: "Redis", note: "Cache and queues" },
];

export interface Size {
  key: string;
  label: string;
  /** Reserved cloudlets and the limit to scale to. */
  fixed: number;
  flexible: number;
}

export const SIZES: readonly Size[] = [
  { key: "small", label: "Small", fixed: 1, flexible: 8 },
  { key: "medium", label: "Medium", fixed: 4, flexible: 16 },
  { key: "large", label: "Large", fixed: 8, flexible: 32 },
];

/** A cloudlet is 128 MiB and 400 MHz. */
export function memory(cloudlets: number): string {
  const mebibytes = cloudlets * 128;
  return mebibytes < 1_024 ? `${mebibytes} MiB` : `${mebibytes / 1_024} GiB`;
}
