import { SearchX } from "lucide-react";
import type { ReactNode } from "react";

import { Button } from "./Button";
import { type Choice, Choices } from "./Choices";
import { EmptyState } from "./EmptyState";
import { PageHeader } from "./PageHeader";
import { Panel } from "./Panel";
import { type Loading, Rows } from "./Rows";
import { SearchBox } from "./SearchBox";

export interface Filter {
  /** The parameter in the URL. */
  name: string;
  label: string;
  choices: readonly Choice[];
  value: string;
}

interface FilteredListProps {
  title: string;
  note: string;
  actions?: ReactNode;
  search: { label: string; value: string };
  filters: readonly Filter[];
  /** Some filter or text is set. */
  narrowed: boolean;
  /** What the list holds, in the singular. */
  noun: string;
  onChange: (changes: Record<string, string | undefined>) => void;
  loading: Loading;
  /** Shown when there is nothing at all. */
  empty: ReactNode;
  children: readonly ReactNode[];
}

/** A page that is one list, searched and narrowed by what stands in the URL. */
export function FilteredList({ title, note, actions, search, filters, narrowed, noun, onChange, loading, empty, children }: FilteredListProps) {
  const cleared = Object.fromEntries(["q", ...filters.map(({ name }) => name)].map((name) => [name, undefined]));
  const none = narrowed ? (
    <EmptyState icon={SearchX} title={`No ${noun} matches`} action={<Button onClick={() => onChange(cleared)}>Clear the filters</Button>}>
      Try another name, or look at all statuses.
    </EmptyState>
  ) : (
    empty
  );
  return (
    <>
      <PageHeader title={title} note={note} actions={actions} />
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <SearchBox label={search.label} value={search.value} onChange={(q) => onChange({ q })} />
        {filters.map(({ name, label, choices, value }) => (
          <Choices key={name} label={label} choices={choices} value={value} onChange={(chosen) => onChange({ [name]: chosen })} />
        ))}
      </div>
      <Panel>
        <Rows label={title} loading={loading} empty={none} sketched={8}>
          {children}
        </Rows>
      </Panel>
    </>
  );
}
