import QtQuick

// The hidden door for who maintains the box: held for five seconds.
Item {
    id: corner

    height: Theme.target
    objectName: "corner"
    width: Theme.target

    TapHandler {
        gesturePolicy: TapHandler.ReleaseWithinBounds
        longPressThreshold: 5
        onLongPressed: Kiosk.pressed("service", "")
    }
}
