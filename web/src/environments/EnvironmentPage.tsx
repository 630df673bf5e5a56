import { SearchX } from "lucide-react";

import { EnvironmentView } from "./EnvironmentView";
import { useEnvironment } from "@/data/environments";
import { isNotFound } from "@/data/notFound";
import { ButtonLink } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { useIdParam } from "@/ui/params";
import { LoadProblem } from "@/ui/Rows";
import { SkeletonRows } from "@/ui/Skeleton";

const BACK = { href: "/environments", label: "Environments" };

export function EnvironmentPage() {
  const id = useIdParam();
  return id === undefined ? <Missing /> : <Loaded id={id} />;
}

function Loaded({ id }: { id: number }) {
  const { data, error, refetch } = useEnvironment(id);
  if (data !== undefined) return <EnvironmentView environment={data} />;
  if (isNotFound(error)) return <Missing />;
  return (
    <>
      <PageHeader title="Environment" back={BACK} />
      {error === null ? <Panel><SkeletonRows /></Panel> : <LoadProblem loading={{ error, refetch }} />}
    </>
  );
}

function Missing() {
  return (
    <>
      <PageHeader title="Environment" back={BACK} />
      <Panel>
        <EmptyState icon={SearchX} title="There is no such environment in this team" action={<ButtonLink href="/environments">Show all environments</ButtonLink>}>
          It may belong to another of your teams: switch the team and try again.
        </EmptyState>
      </Panel>
    </>
  );
}
