import { JobsPage } from "@/jobs/JobsPage";

export default function Page() {
  return <JobsPage />;
}
