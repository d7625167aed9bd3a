import QtQuick

// What the camera sees, then what was taken.
Page {
    id: photo

    readonly property bool has: texts.photo !== ""

    Said {
        id: line

        anchors.left: parent.left
        anchors.right: parent.right
        text: photo.texts.line
    }

    CallVideo {
        anchors.bottom: buttons.top
        anchors.bottomMargin: Theme.gap
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: line.bottom
        anchors.topMargin: Theme.gap
        behind: photo.texts.behind
        path: photo.has ? "" : photo.texts.frames
        visible: !photo.has
    }

    Image {
        anchors.bottom: buttons.top
        anchors.bottomMargin: Theme.gap
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: line.bottom
        anchors.topMargin: Theme.gap
        cache: false
        fillMode: Image.PreserveAspectFit
        source: photo.texts.photo
        visible: photo.has
    }

    Row {
        id: buttons

        anchors.bottom: parent.bottom
        spacing: Theme.gap
        width: parent.width

        BigButton {
            control: photo.has ? "photo-drop" : "photo-snap"
            ground: photo.has ? Theme.bar : Theme.help
            height: Math.max(Theme.target * 1.4, implicitHeight)
            ink: photo.has ? Theme.barInk : Theme.helpInk
            text: photo.has ? Kiosk.words.report.photo_again : Kiosk.words.report.photo_snap
            width: photo.has ? (parent.width - Theme.gap) / 2 : parent.width
        }

        BigButton {
            control: "report-taken"
            ground: Theme.help
            height: Math.max(Theme.target * 1.4, implicitHeight)
            ink: Theme.helpInk
            text: Kiosk.words.report.photo_done
            visible: photo.has
            width: (parent.width - Theme.gap) / 2
        }
    }
}
