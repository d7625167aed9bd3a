import QtQuick

// Nobody has touched the glass for a minute: is somebody still there? What is under it cannot be touched.
Rectangle {
    id: countdown

    color: Theme.ground

    MultiPointTouchArea {
        anchors.fill: parent
    }

    Column {
        anchors.left: parent.left
        anchors.leftMargin: Theme.side
        anchors.right: parent.right
        anchors.rightMargin: Theme.side
        spacing: Theme.gap * 2
        y: Math.max(Theme.gap, (still.y - height) / 2)

        Said {
            font.bold: true
            font.pixelSize: Theme.title
            horizontalAlignment: Text.AlignHCenter
            text: Kiosk.words.bar.still_here
            width: parent.width
        }

        Said {
            horizontalAlignment: Text.AlignHCenter
            text: Kiosk.countdownSaid
            width: parent.width
        }
    }

    BigButton {
        id: still

        anchors.bottom: done.top
        anchors.bottomMargin: Theme.gap * 2
        anchors.left: parent.left
        anchors.leftMargin: Theme.side
        anchors.right: parent.right
        anchors.rightMargin: Theme.side
        control: "still-here"
        height: countdown.height / 3
        size: Theme.title
        text: Kiosk.words.bar.go_on
    }

    BigButton {
        id: done

        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.side
        anchors.left: parent.left
        anchors.leftMargin: Theme.side
        anchors.right: parent.right
        anchors.rightMargin: Theme.side
        control: "end"
        ground: Theme.bar
        ink: Theme.barInk
        text: Kiosk.words.bar.end
    }
}
