// Which kinds of content there are and how each is filled in. A name with dots is a place in the item: `who.text.zh`.
//
// `lines` fields are lists as lines of a text area; `to` and `from` turn one line into a value and back.
const both = (name, zh, en, more = {}) => [
  {name: `${name}.zh`, label: [zh, `${en} (Chinese)`], required: true, ...more},
  {name: `${name}.en`, label: [`${zh}(英文)`, en], ...more, required: false},
];
const area = {kind: 'area', wide: true, rows: 3};
const media = (name, zh, en) => ({name, label: [zh, en], media: true, hint: ['上传后自动填入', 'Filled in by the upload']});
const card = (name, zh, en) => both(`${name}.text`, zh, en, area);
const title = both('title', '标题', 'Title', {maxlength: 60});
const text = both('text', '内容', 'Text', {...area, rows: 5});

const slot = {
  to: (line) => { const [, day, hour, places] = line.match(/^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)\s+(\d+)$/) || []; return day ? {starts: `${day}T${hour}`, places: Number(places)} : null; },
  from: (one) => `${one.starts.replace('T', ' ')} ${one.places}`,
};
const said = {
  to: (line) => { const [zh, en = ''] = line.split('|').map((part) => part.trim()); return zh ? {zh, en} : null; },
  from: (one) => (one.en ? `${one.zh} | ${one.en}` : one.zh),
};

const EVENTS = [['birth', ['生育', 'Birth']], ['ageing', ['养老', 'Ageing']], ['health', ['看病', 'Health']], ['housing', ['住房', 'Housing']], ['papers', ['证件', 'Papers']], ['security', ['社保', 'Social security']]];
export const GRADES = ['A', 'B', 'C', 'D'].map((grade) => [grade, [`诚信${grade}级`, `Grade ${grade}`]]);
const KINDS_OF = [['activity', ['活动', 'Activity']], ['help-wanted', ['求助', 'Help wanted']], ['help-offered', ['帮忙', 'Help offered']]];

// `departments`: names the field whose choices are the office's departments.
export const kinds = [
  {name: 'guides', title: ['办事指南', 'Guides'], departments: 'department', fields: [
    ...title, {name: 'event', label: ['人生大事', 'Life event'], kind: 'select', options: EVENTS, required: true},
    {name: 'department', label: ['哪个科室', 'Department'], kind: 'select', required: true},
    ...card('who', '谁能办', 'Who'), ...card('bring', '带什么', 'What to bring'), ...card('where', '去哪办', 'Where'), ...card('how_long', '多久', 'How long'), ...card('cost', '多少钱', 'Cost'),
    media('form', '表格(图片在信息机上可看,PDF 只能带走)', 'Form (a picture is shown at kiosks, a PDF taken along)'), {name: 'booking', label: ['可预约(预约编号)', 'Can be booked (id of a calendar)']}]},
  {name: 'notices', title: ['信息播报', 'Notices'], fields: [...title, ...text,
    {name: 'starts', label: ['从', 'From'], kind: 'date', required: true}, {name: 'ends', label: ['到', 'Until'], kind: 'date', required: true}, media('picture', '图片', 'Picture'), media('spoken', '录音', 'Sound')]},
  {name: 'merchants', title: ['商户名录', 'Merchants'], fields: [...both('name', '店名', 'Name', {maxlength: 60}),
    {name: 'kind', label: ['种类', 'Kind'], required: true}, {name: 'grade', label: ['信用等级', 'Credit grade'], kind: 'select', options: GRADES, required: true},
    ...both('why', '为什么是这个等级', 'Why this grade', area), ...both('place', '在哪里', 'Where', {required: false}).map((one) => ({...one, required: false})),
    {name: 'phone', label: ['电话', 'Telephone'], kind: 'tel'}, media('picture', '图片', 'Picture')]},
  {name: 'activities', title: ['邻里互动', 'Neighbours'], fields: [{name: 'kind', label: ['种类', 'Kind'], kind: 'select', options: KINDS_OF, required: true}, ...title, ...text,
    {name: 'starts', label: ['开始', 'Begins'], kind: 'datetime-local'}, {name: 'ends', label: ['结束', 'Ends'], kind: 'datetime-local'},
    {name: 'room_for', label: ['名额(0 为不限)', 'Places (0: no limit)'], kind: 'number', min: 0}, media('picture', '图片', 'Picture')]},
  {name: 'learning', title: ['学习园地', 'Learning'], fields: [...title, {...media('media', '音频或视频', 'Sound or video'), required: true}, media('picture', '图片', 'Picture')]},
  {name: 'polls', title: ['民意调查', 'Polls'], fields: [...both('question', '问题', 'Question', {maxlength: 60}),
    {name: 'answers', label: ['选项,一行一个', 'Answers, a line each'], ...area, lines: said, required: true, hint: ['中文 | English', '中文 | English']}, {name: 'ends', label: ['到哪天', 'Until'], kind: 'date', required: true}]},
  {name: 'calendars', title: ['网上预约', 'Bookings'], departments: 'department', fields: [...title, {name: 'department', label: ['哪个科室', 'Department'], kind: 'select', required: true},
    {name: 'minutes', label: ['每次多少分钟', 'Minutes each'], kind: 'number', min: 5, max: 480},
    {name: 'slots', label: ['时段,一行一个', 'Slots, a line each'], ...area, rows: 10, lines: slot, hint: ['2026-12-01 09:00 3(日期 时间 名额)', '2026-12-01 09:00 3 (day, time, places)']}]},
  {name: 'reports', title: ['反映问题的种类', 'Kinds of reports'], fields: [...title, {name: 'icon', label: ['图案', 'Drawing'], kind: 'select', options: [['', ['其他', 'Other']], ['lamp', ['路灯', 'Lamp']], ['rubbish', ['垃圾', 'Rubbish']], ['road', ['道路', 'Road']], ['stall', ['占道', 'Blocked way']], ['noise', ['噪音', 'Noise']]]}, media('picture', '图片', 'Picture')]},
];

const at = (item, name) => name.split('.').reduce((value, part) => (value === undefined || value === null ? undefined : value[part]), item);

// An item as the form's values.
export function toForm(kind, item) {
  return Object.fromEntries(kind.fields.map((field) => {
    const value = at(item, field.name);
    return [field.name, field.lines ? (value || []).map(field.lines.from).join('\n') : value ?? (field.kind === 'select' && field.options ? field.options[0][0] : '')];
  }));
}

// The form's values laid over the item. Raises a refusal beside the field for a line that cannot be read.
export function fromForm(kind, item, values, refuse) {
  const made = structuredClone(item);
  for (const field of kind.fields) {
    let value = values[field.name];
    if (field.lines) {
      value = String(value).split('\n').map((line) => line.trim()).filter(Boolean).map((line) => field.lines.to(line) || refuse(field, line));
    } else if (field.kind === 'number') value = value ?? 0;
    const parts = field.name.split('.'), last = parts.pop();
    const place = parts.reduce((inside, part) => (inside[part] ??= {}), made);
    place[last] = value;
  }
  return made;
}
