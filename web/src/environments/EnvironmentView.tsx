import { ExternalLink, Trash2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Environment } from "slipway-client";

import { EnvironmentJobs } from "./EnvironmentJobs";
import { Nodes } from "./Nodes";
import { isActive, useMay, useSession } from "@/data/session";
import { environmentStatus } from "@/text/status";
import { Button } from "@/ui/Button";
import { CopyId } from "@/ui/CopyId";
import { Facts } from "@/ui/Facts";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { StatusBadge } from "@/ui/StatusBadge";
import { Time } from "@/ui/Time";

const DeleteDialog = dynamic(() => import("./DeleteDialog").then((module) => module.DeleteDialog), { ssr: false });

export function EnvironmentView({ environment }: { environment: Environment }) {
  const may = useMay();
  const me = useSession();
  const [deleting, setDeleting] = useState(false);
  const { status, domain, metadata, shortdomain } = environment;
  const name = environment.display_name ?? shortdomain;
  const labels = Object.entries(metadata ?? {});
  return (
    <>
      <PageHeader
        title={name}
        back={{ href: "/environments", label: "Environments" }}
        heading={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            {name} <StatusBadge shown={environmentStatus(status)} />
          </span>
        }
        note={
          domain !== undefined && status !== "deleted" ? (
            <a href={`https://${domain}`} target="_blank" rel="noreferrer" className="inline-flex items-center gap-1 hover:text-accent-text">
              {domain} <ExternalLink size={12} aria-label="opens in a new window" />
            </a>
          ) : (
            shortdomain
          )
        }
        actions={
          status === "running" &&
          may("environments:write") &&
          isActive(me) && (
            <Button look="danger" icon={<Trash2 size={14} aria-hidden />} onClick={() => setDeleting(true)}>
              Delete
            </Button>
          )
        }
      />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_19rem]">
        <EnvironmentJobs environment={environment} />
        <div className="space-y-4">
          <Panel title="Details">
            <div className="p-4">
              <Facts
                facts={[
                  ["Environment", <CopyId key="id" value={String(environment.id)} name="environment id" />],
                  ["Short domain", <CopyId key="short" value={shortdomain} name="short domain" />],
                  environment.app_id === undefined ? undefined : ["Provider id", <CopyId key="app" value={environment.app_id} name="provider id" />],
                  ["Created", <Time key="created" at={environment.created_at} />],
                ]}
              />
            </div>
          </Panel>
          {environment.nodes !== undefined && environment.nodes.length > 0 && <Nodes nodes={environment.nodes} />}
          {labels.length > 0 && (
            <Panel title="Labels">
              <div className="p-4 font-mono text-xs">
                <Facts facts={labels} />
              </div>
            </Panel>
          )}
        </div>
      </div>
      {deleting && <DeleteDialog environment={environment} onClose={() => setDeleting(false)} />}
    </>
  );
}
