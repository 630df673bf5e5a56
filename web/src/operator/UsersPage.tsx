"use client";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Account, AccountPage } from "slipway-client";

import { UserRow } from "./UserRow";
import { itemsOf } from "@/data/pages";
import { useUsers } from "@/data/platform";
import { Button } from "@/ui/Button";
import { MoreRows } from "@/ui/MoreRows";
import { ProblemNote } from "@/ui/Note";
import { Panel } from "@/ui/Panel";
import { SkeletonRows } from "@/ui/Skeleton";

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
        {list.error !== null && <div className="p-3"><ProblemNote error={list.error} action={<Button small onClick={() => void list.refetch()}>Try again</Button>} /></div>}
        {list.isPending && list.error === null && <SkeletonRows />}
        <ul aria-label="Users" className="divide-y">
          {itemsOf<Account, AccountPage>(list.data).map((account) => (
            <UserRow key={account.user.id} account={account} />
          ))}
        </ul>
        <MoreRows more={list.hasNextPage} loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
      </Panel>
      {making && <NewUserDialog onClose={() => setMaking(false)} />}
    </>
  );
}
