namespace Drcm.StateMachine.Control;

/// <summary>Which events somebody wants to see.</summary>
public sealed record EventFilter(DateTimeOffset? Since, string? Node, string? Resource)
{
    public static EventFilter Of(ControlRequest request) => new(request.Since, request.Node, request.Resource);

    /// <summary>A gap concerns everybody whose question reaches back into it.</summary>
    public bool Accepts(EventLine line) =>
        (Since is null || line.At >= Since)
        && (line.Event == EventLines.GapName || IsAsked(line));

    private bool IsAsked(EventLine line) =>
        (Node is null || IsAboutNode(line))
        && (Resource is null || IsAboutResource(line));

    private bool IsAboutNode(EventLine line) =>
        line.Node == Node || (line.Slot is { } slot && slot.EndsWith("@" + Node, StringComparison.Ordinal));

    private bool IsAboutResource(EventLine line) =>
        line.Slot == Resource
        || line.Resource == Resource
        || (line.Resource is { } resource && resource.EndsWith(":" + Resource, StringComparison.Ordinal));
}
