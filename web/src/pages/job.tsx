import { JobPage } from "@/job/JobPage";

export default function Page() {
  return <JobPage />;
}
