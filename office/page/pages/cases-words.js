// Words of cases, and the vocabulary the office edits: kinds, departments, people.
import {get} from '../ask.js';
import {addWords, language, said, t} from '../words.js';

addWords({
  'c.title': ['案件', 'Cases'], 'c.list': ['案件列表', 'Case list'], 'c.new': ['登记案件(F8)', 'New case (F8)'], 'c.import': ['导入区派件', 'Import dispatches'],
  'c.export': ['导出办理结果', 'Export results'], 'c.open': ['在办', 'Open'], 'c.all': ['全部', 'All'], 'c.filter': ['筛选', 'Filter'],
  'c.number': ['编号', 'Number'], 'c.words': ['内容', 'What'], 'c.place': ['地点', 'Where'], 'c.step': ['环节', 'Step'], 'c.kind': ['类别', 'Kind'],
  'c.department': ['科室', 'Department'], 'c.assignee': ['承办人', 'With'], 'c.due': ['时限', 'Due'], 'c.begun': ['受理时间', 'Begun'], 'c.source': ['来源', 'Source'],
  'c.any': ['不限', 'Any'], 'c.mine': ['我承办的', 'Mine'], 'c.overdue': ['超时', 'Overdue'], 'c.late': ['已超时 {since}', '{since} late'], 'c.left': ['还有 {since}', '{since} left'],
  'c.search': ['查找:编号、内容、地点、杆号', 'Find: number, words, place, pole'], 'c.none': ['没有这样的案件', 'No such cases'], 'c.held': ['挂起到 {at}', 'On hold until {at}'],
  'c.tally': ['在办 {open} 件,超时 {overdue} 件,一天内到期 {soon} 件,待派遣 {waiting} 件', '{open} open, {overdue} overdue, {soon} due within a day, {waiting} to dispatch'],
  'c.follows': ['并入 {number}', 'Follows {number}'], 'c.district': ['区编号 {number}', 'District {number}'], 'c.districtDue': ['区时限', "District's deadline"],
  'c.line': ['办理进度', 'Progress'], 'c.done': ['已完成', 'done'], 'c.now': ['正在办理', 'now'], 'c.todo': ['未开始', 'to come'],
  'c.history': ['办理记录', 'History'], 'c.actions': ['操作', 'Actions'], 'c.facts': ['案件信息', 'Facts'], 'c.files': ['图片和录音', 'Pictures and sound'],
  'c.awaited': ['还有 {n} 个附件正在从信息机传来', '{n} more files are on their way from the kiosk'], 'c.addFile': ['添加图片', 'Add a picture'], 'c.transcript': ['录音文字', 'Transcript'],
  'c.phone': ['联系电话', 'Telephone'], 'c.showPhone': ['显示(会记录)', 'Show (is noted)'], 'c.noPhone': ['未留电话', 'none left'], 'c.answer': ['答复', 'Answer'], 'c.result': ['处理结果', 'Result'],
  'c.evaluations': ['公众评价', 'Evaluation'], 'c.solved': ['已解决', 'solved'], 'c.unsolved': ['未解决', 'not solved'], 'c.stars': ['{n} 星', '{n} of 5'],
  'c.followers': ['并入本案的案件', 'Cases that follow this one'], 'c.sameSlip': ['同一编号的另一案件(两台信息机生成了相同编号)', 'Another case with this number (two kiosks minted the same)'],
  'c.slip': ['居民凭条编号', "Number on the resident's slip"], 'c.warden': ['所在网格员', 'Warden there'], 'c.alarm': ['由警报转来', 'From an alarm'], 'c.correct': ['更正', 'Put right'], 'c.pole': ['立杆号', 'Pole'],
  'c.community': ['社区(公示时的地点)', 'Community (all the public reads)'], 'c.replies': ['答复回传', 'Answer sent back'], 'c.sent': ['已送达', 'arrived'], 'c.waits': ['等待发送', 'waiting'], 'c.gaveUp': ['多次失败,已停止', 'given up'],
  'c.link': ['评价链接', 'Link for the resident'], 'c.linkText': ['发给居民:打开后可看答复并评价,六十天内有效。', 'For the resident: shows the answer and takes the evaluation, good for sixty days.'],
  'c.public': ['公示', 'Publish'], 'c.publicTitle': ['公示标题', 'Title'], 'c.publicText': ['公示内容(不写姓名、电话和门牌)', 'Text (no names, telephones or doors)'], 'c.approve': ['批准公示', 'Approve'], 'c.saved': ['已保存', 'Saved'],
  'c.back': ['返回列表', 'Back to the list'], 'c.loading': ['正在打开…', 'Opening…'], 'c.reason': ['情况或理由', 'What was done, or why'], 'c.replyWords': ['给居民的答复', 'Answer to the resident'],
  'c.until': ['挂起到', 'Until'], 'c.leader': ['主案件编号', 'Number of the leading case'], 'c.findLeader': ['查找相同问题', 'Find the same matter'], 'c.anyone': ['不指定', 'nobody yet'],
  'c.mergeHint': ['本案的居民以后看到主案件的进度。', 'Residents of this case will see the progress of the leading one.'],
  'c.fresh': ['案件刚被更新,已显示最新情况', 'The case has just changed; this is how it is now'], 'c.due1': ['案件 {number} 一天内到期', 'Case {number} is due within a day'], 'c.due2': ['案件 {number} 已超时', 'Case {number} is overdue'],
  'c.keys': ['快捷键:Ctrl+Enter 保存,Esc 返回;地点用方向键选', 'Keys: Ctrl+Enter saves, Esc goes back; arrows choose a place'], 'c.caller': ['来电人说了什么', 'What the caller says'], 'c.placeFind': ['地点:附近有什么、楼名或杆号', 'Where: what stands nearby, a building, a pole'],
  'c.placeNone': ['不在名册里:按上面文字登记', 'Not in the register: keep the words above'], 'c.dispatchTo': ['直接派遣到', 'Send it to'], 'c.save': ['登记', 'Enter it'], 'c.made': ['已登记,编号 {number}', 'Entered, number {number}'], 'c.tell': ['请告诉来电人编号:', 'Tell the caller the number:'], 'c.another': ['再登记一件', 'Another one'], 'c.look': ['打开案件', 'Open it'],
  'a.accept': ['受理', 'Accept'], 'a.refuse': ['不予受理', 'Decline'], 'a.dispatch': ['派遣', 'Dispatch'], 'a.return': ['退回派遣', 'Return to the centre'], 'a.hand-over': ['转交', 'Hand over'], 'a.done': ['处理完成', 'Handled'],
  'a.send-back': ['核查不通过', 'Send back'], 'a.verified': ['核查通过', 'Verified'], 'a.reply': ['答复居民', 'Answer'], 'a.end': ['结案', 'Close'], 'a.reopen': ['重新办理', 'Reopen'], 'a.hold': ['挂起', 'Put on hold'], 'a.resume': ['恢复办理', 'Resume'],
  'a.note': ['添加记录', 'Add a note'], 'a.merge': ['并案', 'Merge'], 'a.split': ['取消并案', 'Split'], 'a.begin': ['登记', 'Entered'], 'a.files': ['添加附件', 'Files added'], 'a.correct': ['更正', 'Put right'], 'a.solved': ['居民评价:已解决', 'Resident: solved'], 'a.not-solved': ['居民评价:未解决', 'Resident: not solved'],
  's.kiosk': ['信息机', 'Kiosk'], 's.alarm': ['警报', 'Alarm'], 's.camera': ['摄像头', 'Camera'], 's.hotline': ['热线', 'Hotline'], 's.weibo': ['微博', 'Weibo'], 's.wechat': ['微信', 'WeChat'], 's.weishi': ['微视', 'Weishi'], 's.district': ['区中心', 'District'], 's.warden': ['网格员', 'Warden'],
  'who.system': ['系统', 'System'], 'who.resident': ['居民', 'Resident'],
  'i.title': ['导入区中心派件', 'Import dispatches of the district'], 'i.file': ['CSV 文件(UTF-8 或 GBK),表头:区编号、内容、类别、地点、立杆号、时限、电话', 'CSV file (UTF-8 or GBK) with a heading: number, words, kind, place, pole, due, phone'],
  'i.check': ['检查文件', 'Check the file'], 'i.checked': ['共 {rows} 行:新 {fresh} 件,已有 {known} 件', '{rows} rows: {fresh} new, {known} known'], 'i.bad': ['有 {n} 处错误,改好后再导入;现在什么都没有改变', '{n} mistakes; mend them first. Nothing has changed'],
  'i.confirm': ['确认导入 {n} 件', 'Import {n}'], 'i.done': ['已导入 {n} 件', '{n} imported'], 'i.row': ['行', 'Row'], 'i.field': ['栏', 'Column'], 'i.why': ['问题', 'Problem'],
});

let vocabulary = null;

export async function loadVocabulary() {
  vocabulary ??= await get('/v1/cases/vocabulary');
  return vocabulary;
}

export const forget = () => { vocabulary = null; };
export const words = () => vocabulary || {departments: [], kinds: [], steps: [], people: []};
const named = (list, id) => said(list.find((one) => one.id === id)) || id;
export const kindName = (id) => named(words().kinds, id);
export const departmentName = (id) => (id ? named(words().departments, id) : '—');
export const stepName = (id) => named(words().steps, id);
export const actionName = (id) => t(`a.${id}`);
export const sourceName = (id) => t(`s.${id}`);
export const actorName = (row) => (row.actor === 'system' || row.actor === 'resident' ? t(`who.${row.actor}`) : row.name);
export const shown = (number) => `${number.slice(0, 4)}-${number.slice(4, 8)}-${number.slice(8)}`;
export const options = (list, first) => [...(first ? [['', first]] : []), ...list.map((one) => [one.id, [one.zh, one.en]])];
export const isZh = () => language === 'zh';
