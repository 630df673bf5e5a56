/** A cloudlet is 128 MiB of memory and 400 MHz. */
export function memory(cloudlets: number): string {
  const mebibytes = cloudlets * 128;
  if (mebibytes < 1_024) return `${mebibytes} MiB`;
  return `${Math.round((mebibytes / 1_024) * 10) / 10} GiB`;
}
