import { SearchX } from "lucide-react";

import { JobView } from "./JobView";
import { useJob } from "@/data/jobs";
import { isNotFound } from "@/data/notFound";
import { ButtonLink } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { useIdParam } from "@/ui/params";
import { LoadProblem } from "@/ui/Rows";
import { SkeletonRows } from "@/ui/Skeleton";

export function JobPage() {
  const id = useIdParam();
  return id === undefined ? <Missing /> : <Loaded id={id} />;
}

function Loaded({ id }: { id: number }) {
  const { data, error, refetch } = useJob(id);
  if (data !== undefined) return <JobView job={data} />;
  if (isNotFound(error)) return <Missing />;
  return (
    <>
      <PageHeader title={`Job ${id}`} back={{ href: "/jobs", label: "Jobs" }} />
      {error === null ? <Panel><SkeletonRows /></Panel> : <LoadProblem loading={{ error, refetch }} />}
    </>
  );
}

function Missing() {
  return (
    <>
      <PageHeader title="Job" back={{ href: "/jobs", label: "Jobs" }} />
      <Panel>
        <EmptyState icon={SearchX} title="There is no such job in this team" action={<ButtonLink href="/jobs">Show all jobs</ButtonLink>}>
          The number may be mistyped, or the job belongs to another of your teams: switch the team and try again.
        </EmptyState>
      </Panel>
    </>
  );
}
