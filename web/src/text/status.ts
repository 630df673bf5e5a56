/** Statuses and kinds in words, with tone and icon. */
import type { EnvironmentStatus, JobKind, JobStatus, Role, TeamStatus } from "slipway-client";
import { Ban, CircleCheck, CircleX, Clock3, LoaderCircle, type LucideIcon, PauseCircle, Trash2 } from "lucide-react";

import type { Tone } from "@/ui/Tone";

export interface Shown {
  label: string;
  tone: Tone;
  icon: LucideIcon;
  spin?: boolean;
}

const JOB: Record<JobStatus, Shown> = {
  queued: { label: "Queued", tone: "waiting", icon: Clock3 },
  started: { label: "Started", tone: "running", icon: LoaderCircle, spin: true },
  polling: { label: "In progress", tone: "running", icon: LoaderCircle, spin: true },
  completed: { label: "Completed", tone: "success", icon: CircleCheck },
  failed: { label: "Failed", tone: "failed", icon: CircleX },
  cancelled: { label: "Cancelled", tone: "neutral", icon: Ban },
};

const ENVIRONMENT: Record<EnvironmentStatus, Shown> = {
  creating: { label: "Creating", tone: "running", icon: LoaderCircle, spin: true },
  running: { label: "Running", tone: "success", icon: CircleCheck },
  deleting: { label: "Deleting", tone: "waiting", icon: LoaderCircle, spin: true },
  deleted: { label: "Deleted", tone: "neutral", icon: Trash2 },
};

const TEAM: Record<TeamStatus, Shown> = {
  TRIALING: { label: "Trial", tone: "running", icon: Clock3 },
  ACTIVE: { label: "Active", tone: "success", icon: CircleCheck },
  PAST_DUE: { label: "Payment overdue", tone: "waiting", icon: Clock3 },
  SUSPENDED: { label: "Suspended", tone: "failed", icon: PauseCircle },
  CANCELED: { label: "Cancelled", tone: "neutral", icon: Ban },
};

/** What is not known here yet is shown by its name: the contract may grow. */
function unknown(value: string): Shown {
  return { label: value, tone: "neutral", icon: Clock3 };
}

export const jobStatus = (status: JobStatus): Shown => JOB[status] ?? unknown(status);
export const environmentStatus = (status: EnvironmentStatus): Shown => ENVIRONMENT[status] ?? unknown(status);
export const teamStatus = (status: TeamStatus): Shown => TEAM[status] ?? unknown(status);

const KIND: Record<JobKind, string> = { "environment.create": "Create environment", "environment.delete": "Delete environment" };
export const jobKind = (kind: JobKind): string => KIND[kind] ?? kind;

export const ROLE_TEXT: Record<Role, { label: string; may: string }> = {
  viewer: { label: "Viewer", may: "Sees everything, changes nothing" },
  member: { label: "Member", may: "Orders and deletes environments, cancels jobs" },
  admin: { label: "Admin", may: "Decides who is in the team, too" },
  owner: { label: "Owner", may: "Decides everything about the team" },
};
