import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Account, AccountPage } from "slipway-client";

import { UserRow } from "./UserRow";
import { itemsOf } from "@/data/pages";
import { useUsers } from "@/data/platform";
import { Button } from "@/ui/Button";
import { Panel } from "@/ui/Panel";
import { Rows } from "@/ui/Rows";

const NewUserDialog = dynamic(() => import("./NewUserDialog").then((module) => module.NewUserDialog), { ssr: false });

export function UsersPage() {
  const list = useUsers();
  const [making, setMaking] = useState(false);
  return (
    <>
      <Panel
        title="Users"
        action={
          <Button small look="primary" icon={<Plus size={13} aria-hidden />} onClick={() => setMaking(true)}>
            New user
          </Button>
        }
      >
        <Rows label="Users" loading={list}>
          {itemsOf<Account, AccountPage>(list.data).map((account) => (
            <UserRow key={account.user.id} account={account} />
          ))}
        </Rows>
      </Panel>
      {making && <NewUserDialog onClose={() => setMaking(false)} />}
    </>
  );
}
