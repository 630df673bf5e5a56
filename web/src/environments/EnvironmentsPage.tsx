"use client";
import { Boxes, Plus, SearchX } from "lucide-react";
import { useCallback, useMemo } from "react";
import type { Environment, EnvironmentPage } from "slipway-client";

import { EnvironmentRow } from "./EnvironmentRow";
import { belongs, environmentFilter } from "./filter";
import { PendingRows } from "./PendingRows";
import { usePending } from "./usePending";
import { useEnvironments } from "@/data/environments";
import { itemsOf } from "@/data/pages";
import { isActive, useMay, useSession } from "@/data/session";
import { Button, ButtonLink } from "@/ui/Button";
import { Choices } from "@/ui/Choices";
import { EmptyState } from "@/ui/EmptyState";
import { MoreRows } from "@/ui/MoreRows";
import { ProblemNote } from "@/ui/Note";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { useParams } from "@/ui/params";
import { SearchBox } from "@/ui/SearchBox";
import { SkeletonRows } from "@/ui/Skeleton";

const STATUSES = [
  { value: "", label: "All" },
  { value: "running", label: "Running" },
  { value: "creating", label: "Creating" },
  { value: "deleting", label: "Deleting" },
  { value: "deleted", label: "Deleted" },
];

export function EnvironmentsPage() {
  const [search, change] = useParams();
  const filter = useMemo(() => environmentFilter(search), [search]);
  const list = useEnvironments(filter);
  const may = useMay();
  const me = useSession();
  const items = useMemo(() => itemsOf<Environment, EnvironmentPage>(list.data).filter((one) => belongs(one, filter)), [list.data, filter]);
  const pending = usePending(filter, items);
  const onText = useCallback((q: string) => change({ q }), [change]);
  const narrowed = filter.status !== undefined || filter.text !== undefined;
  const order = may("environments:write") && isActive(me) && (
    <ButtonLink href="/order" look="primary" icon={<Plus size={15} aria-hidden />}>
      New environment
    </ButtonLink>
  );
  return (
    <>
      <PageHeader title="Environments" note="Where your applications run." actions={order} />
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <SearchBox label="Search by name or domain" value={search.get("q") ?? ""} onChange={onText} />
        <Choices label="Status" choices={STATUSES} value={filter.status ?? ""} onChange={(status) => change({ status })} />
      </div>
      {list.error !== null && (
        <div className="mb-3">
          <ProblemNote error={list.error} action={<Button small onClick={() => void list.refetch()}>Try again</Button>} />
        </div>
      )}
      <Panel>
        {list.isPending && list.error === null && <SkeletonRows />}
        {items.length + pending.length > 0 && (
          <ul aria-label="Environments" className="divide-y">
            <PendingRows jobs={pending} />
            {items.map((environment) => (
              <EnvironmentRow key={environment.id} environment={environment} />
            ))}
          </ul>
        )}
        {list.data !== undefined && items.length + pending.length === 0 && !list.hasNextPage && (
          narrowed ? (
            <EmptyState icon={SearchX} title="No environment matches" action={<Button onClick={() => change({ q: undefined, status: undefined })}>Clear the filters</Button>}>
              Try another name, or look at all statuses.
            </EmptyState>
          ) : (
            <EmptyState icon={Boxes} title="No environments yet" action={order}>
              Order your first one: choose a name and a software stack, and watch it being built.
            </EmptyState>
          )
        )}
        <MoreRows more={list.hasNextPage} loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
      </Panel>
    </>
  );
}
