pragma ComponentBehavior: Bound
import QtQuick

// How a poll ended: each answer with its words, and a bar that says the same.
Page {
    id: results

    readonly property real from: Theme.low ? results.headBottom + Theme.gap - results.roomTop : 0
    readonly property real cell: Math.min(Theme.target * 2, (height - roomTop - from - (answers.count - 1) * Theme.gap) / Math.max(1, answers.count))

    pageSaid: texts.pageSaid
    pages: texts.pages
    strip: texts.strip
    turned: texts.page

    Column {
        spacing: Theme.gap
        width: parent.width
        y: results.from

        Repeater {
            id: answers

            model: results.rows

            delegate: Item {
                id: answer

                required property int index
                required property string title
                required property string said
                required property string tone

                height: words.height + bar.height + Theme.gap / 2
                width: results.width - 2 * results.side

                Column {
                    id: words

                    width: parent.width

                    Said {
                        font.bold: true
                        text: answer.title
                        width: parent.width
                    }

                    Said {
                        color: answer.tone === "good" ? Theme.good : Theme.muted
                        font.bold: answer.tone === "good"
                        font.pixelSize: Theme.small
                        text: answer.said
                        width: parent.width
                    }
                }

                Rectangle {
                    id: bar

                    border.color: Theme.tileEdge
                    border.width: Theme.edge
                    color: Theme.tile
                    height: Math.max(Theme.gap * 2, Math.min(Theme.target * 0.6, results.cell - words.height))
                    radius: Theme.radius
                    width: parent.width
                    y: words.height + Theme.gap / 2

                    Rectangle {
                        color: answer.tone === "good" ? Theme.good : Theme.accent
                        height: parent.height
                        radius: Theme.radius
                        width: parent.width * Number(results.texts.shares[answer.index] ?? 0) / 100
                    }
                }
            }
        }
    }
}
