using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.Nodes;

namespace Drcm.StateMachine.Control;

/// <summary>Numbers and words of the control protocol: docs/control-protocol.md.</summary>
public static class ControlProtocol
{
    /// <summary>Changes when an old client could misread an answer; added fields do not change it.</summary>
    public const int Version = 1;

    public const string SocketName = "drcm.sock";

    public const string Status = "status";

    public const string Events = "events";

    public const string Why = "why";

    public const string AuditVerify = "audit_verify";

    public const string AuditRebuild = "audit_rebuild";

    public const string Ping = "ping";

    public const string VersionCommand = "version";

    public const string RotateKey = "rotate_key";

    public const string KeyProgressCommand = "key_progress";

    public const string ConfigApply = "config_apply";

    public const string ConfirmDown = "node_confirm_down";

    public const string NodeStandby = "node_standby";

    public const string NodeActivate = "node_activate";

    public const string ResourceMove = "resource_move";

    public const string ResourceClear = "resource_clear";

    public const string MaintenanceOn = "maintenance_on";

    public const string MaintenanceOff = "maintenance_off";

    /// <summary>Characters of <see cref="ControlRequest.Reason"/>: it stands in a sentence.</summary>
    public const int ReasonCharsMax = 160;

    /// <summary>Bytes of a request line. The longest request carries a cm.cfg.</summary>
    public const int RequestBytesMax = 1024 * 1024;

    /// <summary>How long a daemon tries to get a command into the log.</summary>
    public static readonly TimeSpan CommandPatience = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of an answer line: the status of the largest cluster (20,000 slots) stays below it.</summary>
    public const int AnswerBytesMax = 64 * 1024 * 1024;

    /// <summary>Greatest <see cref="ControlRequest.Last"/>.</summary>
    public const int LastEventsMax = 10_000;
}

/// <summary>One request; one per connection.</summary>
/// <param name="After">events: only entries above this log index.</param>
/// <param name="Follow">events: stay connected and send what is committed from now on.</param>
/// <param name="Last">events: of those that match and are already committed, only the newest so many; null: all.</param>
/// <param name="Since">events: only events stamped at or after this.</param>
/// <param name="Node">events: only those about this node. node_*: the node. resource_move: where to; null: where the rules place it.</param>
/// <param name="Resource">events: only those about this <c>kind:nickname</c>, nickname, or <c>kind:nickname@home</c>. resource_*: the slot, <c>kind:nickname@home</c>.</param>
/// <param name="Name">why: a node, <c>kind:nickname@home</c>, <c>kind:nickname</c> or a nickname.</param>
/// <param name="At">why: as it was then; null: now.</param>
/// <param name="Until">events: only events stamped at or before this.</param>
/// <param name="Type">events: only those with this stored name, or of this family (<c>node</c>, <c>slot</c>, …).</param>
/// <param name="File">config_apply: the text of the file.</param>
/// <param name="Reason">node_confirm_down: why the operator is sure, for the log.</param>
public sealed record ControlRequest(
    int Protocol,
    string Command,
    long After = 0,
    bool Follow = false,
    int? Last = null,
    DateTimeOffset? Since = null,
    string? Node = null,
    string? Resource = null,
    string? File = null,
    string? Reason = null,
    string? Name = null,
    DateTimeOffset? At = null,
    DateTimeOffset? Until = null,
    string? Type = null);

/// <summary>One line of an answer. Exactly one of the parts is set; the last line has <see cref="Done"/> or <see cref="Error"/>.</summary>
/// <param name="Remedy">With an error: what to do.</param>
/// <param name="Code">With an error: the exit code that it means (1 refused, 2 usage, 3 no quorum).</param>
public sealed record ControlAnswer(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ClusterStatus? Status = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EventLine? Event = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PingAnswer? Ping = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] VersionAnswer? Version = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CommandAnswer? Command = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Done = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Remedy = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Code = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] KeyProgress? Key = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Explanations.Explanation? Why = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AuditAnswer? Audit = null)
{
    public static ControlAnswer End { get; } = new(Done: true);

    public static ControlAnswer Refused(string error, string remedy, int code) =>
        new(Error: error, Remedy: remedy, Code: code);
}

/// <param name="Node">The node that answers.</param>
/// <param name="Nodes">Every configured node as it hears them.</param>
public sealed record PingAnswer(string Node, double DeadAfterMs, ImmutableArray<PingLine> Nodes);

/// <param name="HeardMs">Milliseconds since its newest keep-alive; null: never heard, or the answering node itself.</param>
/// <param name="Answers">It is the answering node itself, or was heard within D.</param>
public sealed record PingLine(string Name, string Address, double? HeardMs, bool Answers);

public sealed record VersionAnswer(string Node, string Version, int Protocol);

/// <summary>What became of a command that changes something.</summary>
/// <param name="Outcome"><c>committed</c>, <c>refused</c> or <c>unknown</c>; between nodes also <c>not_leading</c>.</param>
/// <param name="Index">Where it is in the log; 0 if it is not.</param>
/// <param name="Lines">What changed, or why not.</param>
public sealed record CommandAnswer(CommandOutcome Outcome, long Index, ImmutableArray<string> Lines);

/// <summary>A command on its way to the leader.</summary>
/// <param name="Actor">Who asked, as the log shall name it.</param>
public sealed record ForwardedCommand(string Actor, ControlRequest Request);

/// <summary>How far a rotation of the auth key is, by its leader's word.</summary>
/// <param name="Fingerprint">SHA-256 of the newest key in hex.</param>
/// <param name="Step">What holds now; <see cref="KeyStep.None"/>: the new key is being handed out; <see cref="KeyStep.Done"/>: no rotation is under way.</param>
/// <param name="WaitingFor">Live nodes that have not confirmed yet, each with why.</param>
/// <param name="LeftOut">Nodes that are not live: they need the new key file by hand.</param>
public sealed record KeyProgress(string Fingerprint, KeyStep Step, ImmutableArray<string> WaitingFor, ImmutableArray<string> LeftOut)
{
    public static KeyProgress None { get; } = new("", KeyStep.Done, [], []);
}

/// <summary>What looking at the audit history, or making it anew, came to.</summary>
/// <param name="IsSound">It says what the log says.</param>
/// <param name="Lines">Each difference; then what was compared, or done.</param>
public sealed record AuditAnswer(bool IsSound, ImmutableArray<string> Lines);

internal sealed class WordOf<T>() : JsonStringEnumConverter<T>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>The JSON of the control protocol: snake_case; fields added later have defaults, so that an older answer still reads.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(WordOf<NodeStatus>), typeof(WordOf<StandbyKind>), typeof(WordOf<SlotPhase>), typeof(WordOf<CommandOutcome>), typeof(WordOf<KeyStep>),
        typeof(WordOf<Protector>), typeof(WordOf<ProtectionState>)])]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlAnswer))]
[JsonSerializable(typeof(ClusterStatus))]
[JsonSerializable(typeof(EventLine))]
[JsonSerializable(typeof(PingAnswer))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(CommandAnswer))]
[JsonSerializable(typeof(ForwardedCommand))]
[JsonSerializable(typeof(KeyProgress))]
[JsonSerializable(typeof(AuditAnswer))]
[JsonSerializable(typeof(Explanations.Explanation))]
public sealed partial class ControlJson : JsonSerializerContext;
