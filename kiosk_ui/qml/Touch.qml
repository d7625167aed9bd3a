import QtQuick

// An area that can be touched. Its look is its children's; `down` is what they show at once.
Item {
    id: touch

    required property string control
    property string argument
    property string spoken
    readonly property bool down: tap.pressed

    objectName: control
    Accessible.role: Accessible.Button
    Accessible.name: spoken
    Accessible.onPressAction: Kiosk.pressed(control, argument)

    TapHandler {
        id: tap

        // A trembling finger may wander within the control, and one that rests long still means it.
        gesturePolicy: TapHandler.ReleaseWithinBounds
        longPressThreshold: 0
        enabled: touch.enabled
        onTapped: Kiosk.pressed(touch.control, touch.argument)
    }
}
