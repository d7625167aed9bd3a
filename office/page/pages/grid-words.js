// What the grid's page says.
import {addWords} from '../words.js';

addWords({
  'g.areas': ['网格', 'Areas'], 'g.wardens': ['网格员', 'Wardens'], 'g.away': ['请假与代班', 'Away'], 'g.applications': ['申请', 'Applications'],
  'g.area': ['网格', 'Area'], 'g.places': ['包含地点', 'Places'], 'g.now': ['当前负责', 'Now'], 'g.nobody': ['无人负责', 'Nobody'],
  'g.cases': ['未结案件', 'Open cases'], 'g.alarms': ['未结警报', 'Open alarms'],
  'g.new': ['新建网格', 'New area'], 'g.edit': ['修改', 'Edit'], 'g.edit-of': ['修改 {name}', 'Edit {name}'], 'g.remove': ['删除网格', 'Remove area'],
  'g.remove-sure': ['删除后,其中的地点不再属于任何网格。', 'Its places will belong to no area.'],
  'g.department': ['居民在信息机上找网格员,由谁接听', 'Who answers for the warden at a kiosk'], 'g.reception': ['总台', 'The reception'],
  'g.name': ['名称', 'Name'], 'g.note': ['备注', 'Note'],
  'g.find': ['按名称或附近标志查找地点', 'Find a place by name or what stands nearby'], 'g.find-go': ['查找', 'Find'], 'g.find-none': ['没有找到', 'Nothing found'],
  'g.add': ['加入 {name}', 'Add {name}'], 'g.off': ['移除 {name}', 'Remove {name}'], 'g.first': ['排在第一位', 'Ask first'], 'g.no-places': ['还没有地点', 'No places yet'],
  'g.order': ['有事时按顺序找网格员', 'Wardens are asked in this order'], 'g.choose': ['选择网格员', 'Choose a warden'], 'g.add-warden': ['加入', 'Add'],
  'g.save': ['保存', 'Save'], 'g.saved': ['已保存', 'Saved'], 'g.cancel': ['取消', 'Cancel'],
  'g.no-areas': ['还没有网格。先在登记簿里录入小区和楼,再在这里划分。', 'No areas yet. Put communities and buildings into the register, then divide them here.'],
  'g.away-new': ['登记请假', 'Somebody is away'], 'g.who': ['谁', 'Who'], 'g.instead': ['谁代班', 'Who stands in'], 'g.instead-next': ['按顺序找下一位', 'The next in order'],
  'g.from': ['从', 'From'], 'g.until': ['到', 'Until'], 'g.back': ['已回来', 'Back'], 'g.no-away': ['没有人请假', 'Nobody is away'],
  'g.no-applications': ['没有申请', 'No applications'], 'g.open': ['待处理', 'Open'], 'g.all': ['全部', 'All'], 'g.show': ['显示', 'Show'],
  'g.applicant': ['申请人', 'Applicant'], 'g.phone': ['电话', 'Telephone'], 'g.where': ['住处', 'Where'], 'g.words': ['留言', 'Words'], 'g.at': ['时间', 'When'], 'g.state': ['状态', 'State'],
  'g.is-open': ['待处理', 'Open'], 'g.is-approved': ['已批准', 'Approved'], 'g.is-refused': ['已婉拒', 'Refused'],
  'g.page': ['网页', 'Page'], 'g.kiosk': ['智慧信息机', 'Kiosk'],
  'g.approve': ['批准', 'Approve'], 'g.approve-of': ['批准 {name}', 'Approve {name}'], 'g.refuse': ['婉拒', 'Refuse'], 'g.refuse-of': ['婉拒 {name}', 'Refuse {name}'],
  'g.code': ['{name} 的初始代码', 'Set-up code of {name}'], 'g.code-hint': ['只显示这一次。请当面或打电话告诉本人,{at} 前有效。用手机打开 {url} 登录。', 'Shown this once. Tell it in person or by phone; good until {at}. They sign in at {url}.'],
  'g.login': ['登录名', 'Login'], 'g.close': ['关闭', 'Close'], 'g.link': ['居民申请页面:{url}', 'Page on which residents apply: {url}'],
  'g.deny-words': ['理由(会告诉申请人)', 'Why (the applicant is told)'], 'g.none': ['不分配', 'None'],
});
