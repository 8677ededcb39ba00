import JobsPage from '../jobs/JobsPage'

/** A business's own batches of documents. */
export default function PortalJobsPage() {
  return <JobsPage />
}
