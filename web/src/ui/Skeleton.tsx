/** Rows that stand where a list will be. */
export function SkeletonRows({ rows = 6 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="flex items-center gap-4 border-b px-4 py-4 last:border-b-0">
          <span className="h-3 w-20 rounded-full bg-hover" />
          <span className="h-3 flex-1 rounded-full bg-hover" />
          <span className="h-3 w-16 rounded-full bg-hover" />
        </div>
      ))}
    </div>
  );
}
