using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Decisions;

namespace Drcm.Node.Commands;

/// <summary>Requests of the control protocol that change something, as commands of the state machine.</summary>
internal static class OperatorCommands
{
    /// <summary>Findings that one answer carries.</summary>
    private const int LinesMax = 50;

    public static bool IsOne(string command) => command is ControlProtocol.ConfigApply or ControlProtocol.ConfirmDown
        or ControlProtocol.NodeStandby or ControlProtocol.NodeActivate or ControlProtocol.ResourceMove or ControlProtocol.ResourceClear
        or ControlProtocol.MaintenanceOn or ControlProtocol.MaintenanceOff;

    /// <summary>The command, or why it cannot be one.</summary>
    /// <param name="actor">Who asks: <c>operator:NAME</c>.</param>
    public static (Command? Command, ImmutableArray<string> WhyNot) Read(string actor, ControlRequest request) => request.Command switch
    {
        ControlProtocol.ConfigApply => ReadConfiguration(request.File),
        ControlProtocol.ConfirmDown => OfNode(request, node => new ConfirmFenced(node, By(actor, request.Reason))),
        ControlProtocol.NodeStandby => OfNode(request, node => new SetStandby(node)),
        ControlProtocol.NodeActivate => OfNode(request, node => new Activate(node)),
        ControlProtocol.ResourceMove => OfSlot(request, slot => new RequestMove(slot, request.Node is { } node ? new NodeId(node) : null)),
        ControlProtocol.ResourceClear => OfSlot(request, slot => new ClearFailures(slot)),
        ControlProtocol.MaintenanceOn => (new EnterMaintenance(), []),
        ControlProtocol.MaintenanceOff => (new LeaveMaintenance(), []),
        _ => (null, [$"this daemon knows no command '{request.Command}'; use a drcm of the same release"]),
    };

    private static (Command? Command, ImmutableArray<string> WhyNot) OfNode(ControlRequest request, Func<NodeId, Command> command) =>
        string.IsNullOrEmpty(request.Node) ? (null, ["there is no node in the request; name one of drcm status"])
        : WhyNot(request.Reason) is { } whyNot ? (null, [whyNot])
        : (command(new NodeId(request.Node)), []);

    private static (Command? Command, ImmutableArray<string> WhyNot) OfSlot(ControlRequest request, Func<SlotId, Command> command) =>
        SlotId.TryParse(request.Resource ?? "", out var slot)
            ? (command(slot), [])
            : (null, [$"'{request.Resource}' is not a slot; name one as kind:nickname@home, as drcm status does"]);

    private static string By(string actor, string? reason)
    {
        var name = actor.Replace(':', ' ');
        return string.IsNullOrWhiteSpace(reason) ? name : $"{name}: {reason.Trim()}";
    }

    private static string? WhyNot(string? reason) => reason switch
    {
        { Length: > ControlProtocol.ReasonCharsMax } => $"the reason has {reason.Length} characters; at most {ControlProtocol.ReasonCharsMax} fit into its event",
        not null when reason.Any(char.IsControl) => "the reason has control characters; write it as one line",
        _ => null,
    };

    /// <summary>Read again here, by the leader's own rules: whoever sends it may be of another release, or no drcm at all.</summary>
    private static (Command? Command, ImmutableArray<string> WhyNot) ReadConfiguration(string? text)
    {
        if (string.IsNullOrEmpty(text)) return (null, ["there is no file in the request"]);
        var read = CmConfigReader.Read(text);
        var errors = read.Diagnostics.Where(d => d.Severity == Severity.Error).Select(d => d.Render("cm.cfg")).ToImmutableArray();
        if (read.Definition is not { } definition || !errors.IsEmpty)
            return (null, [.. errors.Take(LinesMax), "the file has errors: correct them as drcm config check says"]);
        return (new Configure(CanonicalText.Render(definition), text), []);
    }
}
