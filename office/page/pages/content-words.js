import {addWords} from '../words.js';

addWords({
  'c.title': ['信息机内容', 'Kiosk content'], 'c.kinds': ['内容种类', 'Kinds of content'], 'c.new': ['新建', 'New'], 'c.edit': ['修改', 'Edit'], 'c.remove': ['删除', 'Remove'],
  'c.remove-sure': ['下次发布后,信息机上不再显示。', 'It is gone from kiosks with the next version.'], 'c.saved': ['已保存,发布后信息机才会显示', 'Saved; kiosks show it once it is published'],
  'c.up': ['上移', 'Move up'], 'c.down': ['下移', 'Move down'], 'c.order': ['顺序', 'Order'], 'c.name': ['名称', 'Name'], 'c.when': ['时间', 'When'], 'c.find': ['查找', 'Find'], 'c.empty': ['还没有内容', 'Nothing yet'],
  'c.draft': ['还没有发布的修改', 'Not published yet'], 'c.same': ['没有要发布的修改', 'Nothing has changed since the last version'], 'c.publish': ['发布到所有信息机', 'Publish to every kiosk'], 'c.published': ['已发布,信息机正在下载', 'Published; kiosks are fetching it'],
  'c.added': ['新增 {n}', '{n} added'], 'c.changed': ['修改 {n}', '{n} changed'], 'c.removed': ['删除 {n}', '{n} removed'], 'c.ordered': ['顺序变了', 'another order'],
  'c.versions': ['版本', 'Versions'], 'c.note': ['说明', 'Note'], 'c.files': ['文件', 'Files'], 'c.state': ['状态', 'State'], 'c.live': ['正在使用', 'In force'], 'c.on-way': ['正在送往信息机', 'On its way'], 'c.none': ['还没有发布过', 'Never published'],
  'c.again': ['回到这个版本', 'Go back to this'], 'c.again-sure': ['信息机将显示 {at} 的内容。', 'Kiosks will show what was published {at}.'],
  'c.reach': ['信息机', 'Kiosks'], 'c.reach-n': ['{there} / {n} 台已显示这个版本', '{there} of {n} show this version'], 'c.reach-all': ['{n} 台全部显示这个版本', 'All {n} show this version'],
  'c.reach-old': ['仍显示 {at} 的版本', 'still shows what was published {at}'], 'c.reach-other': ['仍显示旧版本', 'still shows an older version'], 'c.reach-none': ['还没有内容', 'has no content yet'],
  'c.reach-way': ['正在下载', 'is fetching it'], 'c.reach-off': ['离线,上线后下载', 'offline, fetches it later'], 'c.reach-no': ['没有收下这个版本', 'does not take this version'],
  'c.grade': ['调整信用等级', 'Move the grade'], 'c.preview': ['预览', 'Preview'], 'c.no-preview': ['这台服务器没有安装信息机画面程序,无法预览', 'This server has no kiosk renderer installed'],
  'c.upload': ['上传', 'Upload'], 'c.uploaded': ['已上传 {name}', 'Uploaded {name}'], 'c.line': ['这一行看不懂:{line}', 'This line cannot be read: {line}'],
});
