import { Boxes, Plus } from "lucide-react";
import { useMemo } from "react";
import type { Environment, EnvironmentPage } from "slipway-client";

import { EnvironmentRow } from "./EnvironmentRow";
import { belongs, environmentFilter } from "./filter";
import { PendingRow } from "./PendingRow";
import { usePending } from "./usePending";
import { useEnvironments } from "@/data/environments";
import { itemsOf } from "@/data/pages";
import { isActive, useMay, useSession } from "@/data/session";
import { ButtonLink } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { FilteredList } from "@/ui/FilteredList";
import { useParams } from "@/ui/params";

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
  const order = may("environments:write") && isActive(me) && (
    <ButtonLink href="/order" look="primary" icon={<Plus size={15} aria-hidden />}>
      New environment
    </ButtonLink>
  );
  return (
    <FilteredList
      title="Environments"
      note="Where your applications run."
      noun="environment"
      actions={order}
      search={{ label: "Search by name or domain", value: search.get("q") ?? "" }}
      filters={[{ name: "status", label: "Status", choices: STATUSES, value: filter.status ?? "" }]}
      narrowed={filter.status !== undefined || filter.text !== undefined}
      onChange={change}
      loading={list}
      empty={
        <EmptyState icon={Boxes} title="No environments yet" action={order}>
          Order your first one: choose a name and a software stack, and watch it being built.
        </EmptyState>
      }
    >
      {[
        ...pending.map((job) => <PendingRow key={`job ${job.id}`} job={job} />),
        ...items.map((environment) => <EnvironmentRow key={environment.id} environment={environment} />),
      ]}
    </FilteredList>
  );
}
