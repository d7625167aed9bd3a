import QtQuick

// A screen between the top of the glass and the bars: a heading, and room for what can be touched.
// In the low position the heading stays above and everything to touch is in the lower half.
Item {
    id: page

    required property string title
    required property var texts
    required property var rows
    required property real half
    property string strip
    property int turned
    property int pages: 1
    property string pageSaid
    readonly property real side: Theme.side
    readonly property real headBottom: head.y + head.height
    readonly property real roomTop: room.y
    default property alias content: room.data

    Column {
        id: head

        anchors.left: parent.left
        anchors.leftMargin: page.side
        anchors.right: parent.right
        anchors.rightMargin: page.side
        anchors.top: parent.top
        anchors.topMargin: Theme.gap * (Theme.tall ? 1 : 0.5)
        spacing: Theme.low ? Theme.gap * 2 : 0

        // Beside the arrows stands the heading alone; what belongs under it has the whole width.
        Item {
            height: Math.max(heading.height, above.visible && page.strip !== "" ? above.y + above.height - head.y : 0)
            visible: page.title !== "" || above.visible
            width: parent.width

            Said {
                id: heading

                font.bold: true
                font.pixelSize: Theme.roomy || Theme.low ? Theme.title : Theme.body
                height: text === "" ? 0 : implicitHeight
                text: page.title
                visible: text !== ""
                width: above.visible ? above.x - page.side - parent.x - head.x : parent.width
            }
        }

        Said {
            color: Theme.muted
            font.pixelSize: Theme.low ? Theme.body : Theme.small
            text: page.strip
            visible: text !== ""
            width: parent.width
        }
    }

    Pager {
        id: above

        anchors.right: parent.right
        anchors.rightMargin: page.side
        anchors.top: parent.top
        anchors.topMargin: Theme.gap
        brief: true
        turned: page.turned
        pages: Theme.tall ? 1 : page.pages
        said: page.pageSaid
    }

    Item {
        id: room

        anchors.left: parent.left
        anchors.leftMargin: page.side
        anchors.right: parent.right
        anchors.rightMargin: page.side
        height: (below.visible ? below.y - Theme.gap : page.height) - y
        y: Math.max(page.half, page.headBottom + Theme.gap, above.visible ? above.y + above.height + Theme.gap : 0)
    }

    Pager {
        id: below

        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.leftMargin: page.side
        anchors.right: parent.right
        anchors.rightMargin: page.side
        turned: page.turned
        pages: Theme.tall ? page.pages : 1
        said: page.pageSaid
    }
}
