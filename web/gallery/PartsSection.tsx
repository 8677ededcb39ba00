import { Problem } from '../src/api/problem'
import { useLanguage } from '../src/i18n/LanguageProvider'
import { CopyNumber } from '../src/shared/CopyNumber'
import { ErrorNotice } from '../src/shared/ErrorNotice'
import { Facts } from '../src/shared/Facts'
import { EmptyState } from '../src/shared/list/EmptyState'
import { PageHeader } from '../src/shared/PageHeader'
import { Panel } from '../src/shared/Panel'
import { states, type StateKind } from '../src/shared/states'
import { StatusTag } from '../src/shared/StatusTag'
import { Timeline } from '../src/shared/Timeline'

const blocked = new Problem({
  status: 409,
  code: 'blocked',
  zh: '尚不能批准',
  en: 'cannot be approved yet',
  reference: '0198c0de',
  fields: [
    { path: 'analyses[0]', code: 'undetermined', zh: '铅：待判定', en: 'lead: undetermined' },
    { path: 'analyses[3]', code: 'equipment', zh: '天平 TP-03 检定证书已过期', en: 'the certificate of balance TP-03 has expired' },
  ],
})

/** Every state, notice and record as it is shown. */
export function PartsSection() {
  const { t, language } = useLanguage()
  const zh = language === 'zh'
  return (
    <>
      <PageHeader title="BG370113-2026-00012" beside={<StatusTag kind="document" state="valid" />} above={[{ label: t('nav.documents'), to: '/list' }]} />
      <ErrorNotice problem={blocked} />
      <ErrorNotice problem={new Problem({ status: 0 })} onRetry={() => undefined} />
      <ErrorNotice problem={new Problem({ status: 412 })} onRetry={() => undefined} />
      <Panel title={t('nav.documents')}>
        <Facts
          facts={[
            { label: zh ? '编号' : 'Number', value: <CopyNumber number="BG370113-2026-00012" /> },
            { label: zh ? '样品' : 'Sample', value: zh ? '花生油' : 'Peanut oil' },
            { label: zh ? '签发日期' : 'Issued on', value: '2026-10-09' },
            { label: zh ? '有效期至' : 'Valid until', value: '' },
          ]}
        />
      </Panel>
      <Panel title="StatusTag">
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8 }}>
          {(Object.keys(states) as StateKind[]).flatMap((kind) =>
            Object.keys(states[kind]).map((state) => <StatusTag key={`${kind}.${state}`} kind={kind} state={state} />),
          )}
        </div>
      </Panel>
      <Panel title={t('nav.trace')}>
        <Timeline
          label={t('nav.trace')}
          entries={[
            { key: '1', at: '2026-09-18T01:20:00Z', title: zh ? '抽样并加封' : 'Sampled and sealed', by: zh ? '王芳、李强（抽样人员）' : 'Wang Fang, Li Qiang (samplers)', body: zh ? '封条 F-0012、F-0013' : 'seals F-0012, F-0013' },
            { key: '2', title: zh ? '2 小时 10 分无人负责' : 'nobody answers for 2 h 10 min', tone: 'bad', body: zh ? '未见移交记录' : 'no handover on record' },
            { key: '3', at: '2026-09-18T06:05:00Z', title: zh ? '收样，封条完好' : 'Received, seals intact', tone: 'good', by: zh ? '赵敏（样品管理员）' : 'Zhao Min (custodian)' },
            { key: '4', at: '2026-09-21T02:00:00Z', title: zh ? '铅 0.12 mg/kg，合格' : 'lead 0.12 mg/kg, pass', tone: 'good', by: zh ? '张伟（检验员）' : 'Zhang Wei (technician)' },
            { key: '5', at: '2026-09-22T02:00:00Z', title: zh ? '待批准' : 'to approve', tone: 'busy' },
          ]}
        />
      </Panel>
      <EmptyState title={zh ? '还没有样品' : 'No samples yet'} text={zh ? '按抽样单登记第一批样品后，这里显示它的流转状态。' : 'Register the first batch from its sampling form; its progress then shows here.'} />
    </>
  )
}
