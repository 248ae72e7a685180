using System.Text.Json;
using Drcm.StateMachine.Audit;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.Node.Audit;

/// <summary>The stored words of enumerations; never renamed.</summary>
internal static class AuditWords
{
    private static readonly string[] Kinds = Words<OwnershipKind>();
    private static readonly string[] Statuses = Words<NodeStatus>();
    private static readonly string[] Standbys = Words<StandbyKind>();

    public static string Of(OwnershipKind kind) => Kinds[(int)kind];

    public static string Of(NodeStatus status) => Statuses[(int)status];

    public static string Of(StandbyKind standby) => Standbys[(int)standby];

    /// <exception cref="AuditDamagedException">No such word.</exception>
    public static NodeStatus Status(string word) => (NodeStatus)Find(Statuses, word);

    /// <exception cref="AuditDamagedException">No such word.</exception>
    public static StandbyKind Standby(string word) => (StandbyKind)Find(Standbys, word);

    private static int Find(string[] words, string word) =>
        Array.IndexOf(words, word) is >= 0 and var found ? found : throw new AuditDamagedException($"'{word}' is no word of this release");

    private static string[] Words<T>() where T : struct, Enum =>
        [.. Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];
}
