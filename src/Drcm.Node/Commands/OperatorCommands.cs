using System.Collections.Immutable;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Decisions;

namespace Drcm.Node.Commands;

/// <summary>Requests of the control protocol that change something, as commands of the state machine.</summary>
internal static class OperatorCommands
{
    /// <summary>Findings that one answer carries.</summary>
    private const int LinesMax = 50;

    public static bool IsOne(string command) => command == ControlProtocol.ConfigApply;

    /// <summary>The command, or why it cannot be one.</summary>
    public static (Command? Command, ImmutableArray<string> WhyNot) Read(ControlRequest request) => request.Command switch
    {
        ControlProtocol.ConfigApply => ReadConfiguration(request.File),
        _ => (null, [$"this daemon knows no command '{request.Command}'; use a drcm of the same release"]),
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
