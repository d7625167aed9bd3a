import QtQuick

// A screen between the top of the glass and the bars: a heading, and room for what can be touched.
// In the low position the heading stays above and everything to touch is in the lower half.
Item {
    id: page

    required property string title
    required property var texts
    required property var rows
    required property real half
    default property alias content: room.data

    Said {
        id: heading

        anchors.left: parent.left
        anchors.margins: Theme.gap * 2
        anchors.right: parent.right
        anchors.top: parent.top
        font.bold: true
        font.pixelSize: Theme.title
        text: page.title
    }

    Item {
        id: room

        anchors.left: parent.left
        anchors.leftMargin: Theme.gap * 2
        anchors.right: parent.right
        anchors.rightMargin: Theme.gap * 2
        y: Math.max(page.half, heading.y + heading.height + Theme.gap)
        height: page.height - y
    }
}
