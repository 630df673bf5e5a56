"use client";
import { UserPlus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";

import { Invitations } from "./Invitations";
import { MemberRow } from "./MemberRow";
import { useMembers } from "@/data/people";
import { useMay } from "@/data/session";
import { Button } from "@/ui/Button";
import { ProblemNote } from "@/ui/Note";
import { Panel } from "@/ui/Panel";
import { SkeletonRows } from "@/ui/Skeleton";

const InviteDialog = dynamic(() => import("./InviteDialog").then((module) => module.InviteDialog), { ssr: false });

export function MembersPage() {
  const may = useMay();
  const { data, error, refetch } = useMembers();
  const [inviting, setInviting] = useState(false);
  return (
    <div className="space-y-4">
      <Panel
        title="Members"
        action={
          may("members:write") && (
            <Button small look="primary" icon={<UserPlus size={13} aria-hidden />} onClick={() => setInviting(true)}>
              Invite
            </Button>
          )
        }
      >
        {error !== null && <div className="p-3"><ProblemNote error={error} action={<Button small onClick={() => void refetch()}>Try again</Button>} /></div>}
        {data === undefined && error === null && <SkeletonRows rows={3} />}
        <ul aria-label="Members" className="divide-y">
          {data?.items.map((member) => (
            <MemberRow key={member.user.id} member={member} />
          ))}
        </ul>
      </Panel>
      {may("members:write") && <Invitations />}
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </div>
  );
}
