import QtQuick

// A form: how it looks, and a code to have it on one's own telephone.
// What is only read may stand above the half that is touched.
Page {
    id: form

    readonly property bool seen: texts.picture !== ""
    readonly property bool coded: texts.code !== ""
    readonly property real from: Theme.low ? headBottom + Theme.gap - roomTop : 0
    readonly property real roomHigh: deeds.y - Theme.gap - from
    readonly property real wordsHigh: words.text === "" ? 0 : words.height + Theme.gap
    // A tall glass has the code under the form, a short one beside it.
    readonly property bool under: Theme.tall
    readonly property real codeSide: !coded ? 0 : Math.min(under ? roomHigh * 0.36 : parts.width * 0.44, roomHigh - wordsHigh, Theme.target * 3.4)

    strip: texts.how

    Item {
        id: parts

        height: form.roomHigh
        width: parent.width
        y: form.from

        Rectangle {
            id: paper

            border.color: Theme.tileEdge
            border.width: Theme.edge
            color: "#FFFFFF"
            height: form.under && form.coded ? parent.height - form.codeSide - Theme.gap - form.wordsHigh : parent.height - form.wordsHigh
            radius: Theme.radius
            visible: form.seen
            width: form.under || !form.coded ? parent.width : parent.width - form.codeSide - Theme.gap

            Image {
                anchors.fill: parent
                anchors.margins: Theme.gap
                fillMode: Image.PreserveAspectFit
                source: form.seen ? "image://content/" + Kiosk.photos + "/" + form.texts.picture : ""
                sourceSize: Qt.size(width, height)
            }
        }

        Said {
            id: words

            color: Theme.muted
            font.pixelSize: Theme.tall ? Theme.body : Theme.small
            text: form.texts.without
            width: parent.width
            y: parent.height - height
        }

        Rectangle {
            anchors.bottom: words.text === "" ? parent.bottom : words.top
            anchors.bottomMargin: words.text === "" ? 0 : Theme.gap
            color: "#FFFFFF"
            height: form.codeSide
            radius: Theme.radius
            visible: form.coded && form.codeSide > Theme.target
            width: form.codeSide
            x: form.under || !form.seen ? (parent.width - width) / 2 : parent.width - width

            Image {
                anchors.fill: parent
                anchors.margins: Theme.gap / 2
                cache: false
                fillMode: Image.PreserveAspectFit
                mipmap: false
                smooth: false
                source: form.coded ? "image://qr/" + form.texts.code : ""
                sourceSize: Qt.size(600, 600)
            }
        }
    }

    Deeds {
        id: deeds

        anchors.bottom: parent.bottom
        rows: form.rows
        width: parent.width
    }
}
