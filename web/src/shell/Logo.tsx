export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden className="shrink-0">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path d="M7 21.5 16 9l9 12.5" fill="none" stroke="#fff" strokeWidth="2.8" strokeLinejoin="round" strokeLinecap="round" />
      <path d="M7 25h18" stroke="#fff" strokeWidth="2.8" strokeLinecap="round" opacity=".65" />
    </svg>
  );
}
