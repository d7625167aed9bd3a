import QtQuick

// After a call, or instead of one: what one can do now.
Item {
    id: over

    required property var texts
    required property var rows

    CallNumber {
        id: number

        anchors.bottom: next.visible ? next.top : ways.count > 0 ? ways.top : parent.bottom
        anchors.bottomMargin: Theme.gap * 2
        digits: over.texts.number
        width: parent.width
    }

    Said {
        id: next

        anchors.bottom: ways.top
        anchors.bottomMargin: Theme.gap
        text: Kiosk.words.call.next
        visible: ways.count > 0 && !Theme.compact
        width: parent.width
    }

    CallWays {
        id: ways

        anchors.bottom: parent.bottom
        offered: over.rows
        width: parent.width
    }
}
