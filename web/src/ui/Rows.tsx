import type { ReactNode } from "react";

import { Button } from "./Button";
import { MoreRows } from "./MoreRows";
import { ProblemNote } from "./Note";
import { SkeletonRows } from "./Skeleton";

/** What a query or an infinite query says of itself. */
export interface Loading {
  error: Error | null;
  data: unknown;
  refetch: () => Promise<unknown>;
  hasNextPage?: boolean;
  isFetchingNextPage?: boolean;
  fetchNextPage?: () => Promise<unknown>;
}

interface RowsProps {
  /** The list's name for screen readers. */
  label: string;
  loading: Loading;
  /** Stands where the rows would be, when there are none. */
  empty?: ReactNode;
  /** How many rows are sketched while they are loaded. */
  sketched?: number;
  /** The order is part of what is said. */
  ordered?: boolean;
  children: readonly ReactNode[];
}

/** The rows of a panel: while they are loaded, when that failed, when there are none, and the way to more. */
export function Rows({ label, loading, empty, sketched = 6, ordered = false, children }: RowsProps) {
  const { error, data, hasNextPage = false, isFetchingNextPage = false } = loading;
  const List = ordered ? "ol" : "ul";
  return (
    <>
      {error !== null && (
        <div className="p-3">
          <LoadProblem loading={loading} />
        </div>
      )}
      {data === undefined && error === null && <SkeletonRows rows={sketched} />}
      {data !== undefined && children.length === 0 && !hasNextPage && empty}
      {children.length > 0 && (
        <List aria-label={label} className="divide-y">
          {children}
        </List>
      )}
      <MoreRows more={hasNextPage} loading={isFetchingNextPage} onMore={() => void loading.fetchNextPage?.()} />
    </>
  );
}

/** What could not be loaded, with a button that tries again. */
export function LoadProblem({ loading: { error, refetch } }: { loading: Pick<Loading, "error" | "refetch"> }) {
  return (
    <ProblemNote
      error={error}
      action={
        <Button small onClick={() => void refetch()}>
          Try again
        </Button>
      }
    />
  );
}
