import QtQuick

// A lesson: what is to be seen above, how far it has come, and large buttons below.
Page {
    id: lesson

    readonly property real from: Theme.low ? lesson.headBottom + Theme.gap - lesson.roomTop : 0
    property int frame

    // Words longer than the panel are read page by page. Only measures are looked at.
    readonly property bool worded: !texts.video && texts.picture === ""
    readonly property real wordsHigh: bar.y - Theme.gap - from - 3 * Theme.gap
    readonly property bool fits: !worded || probe.height <= wordsHigh
    readonly property int lines: Math.max(1, Math.floor((wordsHigh - Theme.target - Theme.gap) / probe.lineHeight))
    readonly property int leaves: fits ? 1 : Math.ceil(probe.lineCount / lines)
    readonly property int shown: Math.min(texts.page, leaves - 1)

    strip: texts.silent

    Timer {
        interval: 40
        repeat: true
        running: lesson.texts.video && lesson.texts.playing
        onTriggered: lesson.frame++
    }

    Rectangle {
        id: panel

        border.color: Theme.tileEdge
        border.width: Theme.edge
        clip: true
        color: lesson.texts.video ? "#000000" : Theme.tile
        height: (pager.visible ? pager.y : bar.y) - Theme.gap - y
        radius: Theme.radius
        visible: height > 2 * Theme.body
        width: parent.width
        y: lesson.from

        Image {
            anchors.fill: parent
            anchors.margins: Theme.edge
            cache: !lesson.texts.video
            fillMode: Image.PreserveAspectFit
            source: lesson.texts.video ? "image://lesson/" + lesson.frame : lesson.texts.picture === "" ? "" : "image://content/" + Kiosk.photos + "/" + lesson.texts.picture
            visible: source.toString() !== ""
        }

        Said {
            id: probe

            text: lesson.texts.text
            visible: false
            width: panel.width - 3 * Theme.gap
        }

        Item {
            clip: !lesson.fits
            height: lesson.fits ? probe.height : Math.min(lesson.lines, probe.lineCount - lesson.shown * lesson.lines) * probe.lineHeight
            visible: lesson.worded
            width: probe.width
            x: Theme.gap * 1.5
            y: Theme.gap * 1.5

            Said {
                color: Theme.tileInk
                text: lesson.texts.text
                width: parent.width
                y: -lesson.shown * lesson.lines * lineHeight
            }
        }
    }

    Pager {
        id: pager

        anchors.bottom: bar.top
        anchors.bottomMargin: Theme.gap
        anchors.horizontalCenter: parent.horizontalCenter
        brief: true
        pages: lesson.leaves
        said: ""
        turned: lesson.shown
    }

    Column {
        id: bar

        anchors.bottom: buttons.top
        anchors.bottomMargin: Theme.gap
        spacing: Theme.gap / 2
        width: parent.width

        Rectangle {
            border.color: Theme.tileEdge
            border.width: Theme.edge
            color: Theme.tile
            height: Theme.gap * 2
            radius: height / 2
            width: parent.width

            Rectangle {
                color: Theme.accent
                height: parent.height
                radius: height / 2
                width: Math.max(height, parent.width * lesson.texts.share)
            }
        }

        Item {
            height: Math.max(standing.height, time.height)
            width: parent.width

            Said {
                id: standing

                color: lesson.texts.there ? Theme.ink : Theme.warn
                font.bold: true
                font.pixelSize: Theme.small
                text: lesson.texts.there && Theme.tall ? lesson.texts.state + " · " + lesson.texts.volume : lesson.texts.state
                width: parent.width - time.implicitWidth - Theme.gap
            }

            Said {
                id: time

                anchors.right: parent.right
                font.pixelSize: Theme.small
                text: lesson.texts.time
                visible: lesson.texts.there
            }
        }
    }

    Grid {
        id: buttons

        readonly property real cell: (width - Theme.gap) / 2
        readonly property int letters: Theme.tall ? Theme.body : Theme.small
        readonly property real high: Theme.target * (Theme.roomy ? 1.3 : 1)

        anchors.bottom: parent.bottom
        columns: 2
        spacing: Theme.gap
        width: parent.width

        BigButton {
            art: lesson.texts.playing ? "pause" : "play"
            control: "lesson-play"
            ground: Theme.help
            height: buttons.high
            ink: Theme.helpInk
            size: buttons.letters
            text: lesson.texts.button
            visible: lesson.texts.there
            width: buttons.cell
        }

        BigButton {
            control: "lesson-again"
            ground: Theme.bar
            height: buttons.high
            ink: Theme.barInk
            size: buttons.letters
            text: Kiosk.words.learning.again
            width: buttons.cell
        }

        BigButton {
            art: "softer"
            control: "lesson-softer"
            enabled: !lesson.texts.softest
            ground: Theme.bar
            height: buttons.high
            ink: Theme.barInk
            size: buttons.letters
            text: Kiosk.words.learning.softer
            visible: lesson.texts.there
            width: buttons.cell
        }

        BigButton {
            art: "louder"
            control: "lesson-louder"
            enabled: !lesson.texts.loudest
            ground: Theme.bar
            height: buttons.high
            ink: Theme.barInk
            size: buttons.letters
            text: Kiosk.words.learning.louder
            visible: lesson.texts.there
            width: buttons.cell
        }
    }
}
