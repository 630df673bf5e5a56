import { isActive, useSession } from "@/data/session";
import { Note } from "@/ui/Note";

const SENTENCES: Record<string, string> = {
  PAST_DUE: "A payment is overdue. Environments go on running, but nothing can be ordered or deleted, and this page shows no live updates.",
  SUSPENDED: "An operator suspended this team. Environments go on running, but nothing can be ordered or deleted, and this page shows no live updates.",
  CANCELED: "This team was cancelled. What it had can be seen, but nothing can be ordered.",
};

/** Says what a team that is not active may not do, on every page. */
export function TeamBanner() {
  const me = useSession();
  if (isActive(me)) return null;
  return (
    <div className="mx-auto max-w-6xl px-4 pt-4 lg:px-8">
      <Note tone="failed" title={`${me.team.name} is ${me.team.status.toLowerCase().replace("_", " ")}`} role="status">
        {SENTENCES[me.team.status] ?? "Nothing can be ordered now."}
      </Note>
    </div>
  );
}
