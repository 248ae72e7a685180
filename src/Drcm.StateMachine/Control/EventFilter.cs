namespace Drcm.StateMachine.Control;

/// <summary>Which events somebody wants to see.</summary>
public sealed record EventFilter(DateTimeOffset? Since, string? Node, string? Resource, DateTimeOffset? Until = null, string? Type = null)
{
    public static EventFilter Of(ControlRequest request) => new(request.Since, request.Node, request.Resource, request.Until, request.Type);

    /// <summary>A gap concerns everybody whose question reaches back into it.</summary>
    public bool Accepts(EventLine line) =>
        (Since is null || line.At >= Since)
        && (Until is null || line.At <= Until)
        && (line.Event == EventLines.GapName || IsAsked(line));

    private bool IsAsked(EventLine line) =>
        (Type is null || line.Event == Type || (line.Event.StartsWith(Type, StringComparison.Ordinal) && line.Event[Type.Length] == '.'))
        && (Node is null || IsAboutNode(line))
        && (Resource is null || IsAboutResource(line));

    private bool IsAboutNode(EventLine line) =>
        line.Node == Node || (line.Slot is { } slot && slot.EndsWith("@" + Node, StringComparison.Ordinal));

    private bool IsAboutResource(EventLine line) =>
        line.Slot == Resource
        || line.Resource == Resource
        || (line.Resource is { } resource && resource.EndsWith(":" + Resource, StringComparison.Ordinal));
}
