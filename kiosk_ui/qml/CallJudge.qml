import QtQuick

// How the call was: three faces, then why. Nobody has to say.
Item {
    id: judge

    required property var texts
    required property var rows

    Said {
        id: question

        anchors.bottom: detail.top
        font.bold: true
        font.pixelSize: Theme.tall ? Theme.title : Theme.body
        text: judge.texts.judge
        width: parent.width
    }

    Said {
        id: detail

        anchors.bottom: faces.top
        anchors.bottomMargin: Theme.gap * (Theme.tall ? 2 : 1)
        color: Theme.muted
        font.pixelSize: Theme.tall ? Theme.body : Theme.small
        text: judge.texts.judge_detail
        width: parent.width
    }

    CallFaces {
        id: faces

        anchors.bottom: skip.top
        anchors.bottomMargin: Theme.gap * (Theme.tall ? 2 : 1)
        rows: judge.rows
        width: parent.width
    }

    BigButton {
        id: skip

        anchors.bottom: parent.bottom
        control: "call-judged"
        ground: Theme.bar
        height: Math.max(Theme.target * (Theme.tall ? 1.2 : 1), implicitHeight)
        ink: Theme.barInk
        text: Kiosk.words.call.judge_skip
        width: parent.width
    }
}
