import JobsPage from '../jobs/JobsPage'

/** A business's own batches of documents. */
export default function PortalJobsPage() {
  return <JobsPage texts={{ title: 'nav.my_jobs', lead: 'jobs.portal_lead', none: 'jobs.portal_none', explain: 'jobs.portal_none_explain' }} />
}
