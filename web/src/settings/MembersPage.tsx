import { UserPlus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";

import { Invitations } from "./Invitations";
import { MemberRow } from "./MemberRow";
import { useMembers } from "@/data/people";
import { useMay } from "@/data/session";
import { Button } from "@/ui/Button";
import { Panel } from "@/ui/Panel";
import { Rows } from "@/ui/Rows";

const InviteDialog = dynamic(() => import("./InviteDialog").then((module) => module.InviteDialog), { ssr: false });

export function MembersPage() {
  const may = useMay();
  const list = useMembers();
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
        <Rows label="Members" loading={list} sketched={3}>
          {(list.data?.items ?? []).map((member) => (
            <MemberRow key={member.user.id} member={member} />
          ))}
        </Rows>
      </Panel>
      {may("members:write") && <Invitations />}
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </div>
  );
}
