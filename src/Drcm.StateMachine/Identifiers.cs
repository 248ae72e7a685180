using System.Globalization;

namespace Drcm.StateMachine;

/// <summary>The <c>nodename</c> of a node in cm.cfg. Compared ordinally.</summary>
public readonly record struct NodeId(string Value) : IComparable<NodeId>
{
    public int CompareTo(NodeId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

/// <summary>The five kinds of resource, in the order in which one node starts them (DESIGN 4).</summary>
public enum ResourceKind
{
    Ip,
    Filesystem,
    Service,
    Cron,
    Application,
}

/// <summary>One resource of cm.cfg, written <c>kind:nickname</c>, for example <c>ip:web1</c>.</summary>
public readonly record struct ResourceId(ResourceKind Kind, string Nickname) : IComparable<ResourceId>
{
    public int CompareTo(ResourceId other) =>
        Kind != other.Kind ? (int)Kind - (int)other.Kind : string.CompareOrdinal(Nickname, other.Nickname);

    public override string ToString() => $"{Kind.Word()}:{Nickname}";

    /// <summary>Reads <c>kind:nickname</c>; false if the kind is unknown or the nickname is empty.</summary>
    public static bool TryParse(string text, out ResourceId id)
    {
        id = default;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || colon == text.Length - 1 || !ResourceKinds.TryParse(text[..colon], out var kind)) return false;
        id = new ResourceId(kind, text[(colon + 1)..]);
        return true;
    }
}

/// <summary>One listing of a resource under its home node: what is owned by at most one node (DESIGN 4).</summary>
public readonly record struct SlotId(ResourceId Resource, NodeId Home) : IComparable<SlotId>
{
    public int CompareTo(SlotId other)
    {
        var byResource = Resource.CompareTo(other.Resource);
        return byResource != 0 ? byResource : Home.CompareTo(other.Home);
    }

    public override string ToString() => $"{Resource}@{Home}";

    /// <summary>Reads <c>kind:nickname@home</c>.</summary>
    public static bool TryParse(string text, out SlotId id)
    {
        id = default;
        var at = text.LastIndexOf('@');
        if (at <= 0 || at == text.Length - 1 || !ResourceId.TryParse(text[..at], out var resource)) return false;
        id = new SlotId(resource, new NodeId(text[(at + 1)..]));
        return true;
    }
}

/// <summary>Position in the replicated log, from 1; 0 means "before the first entry". Also the measure of
/// epochs (newest <c>node.up</c>), rounds and tokens, as OWNERSHIP defines them.</summary>
public readonly record struct LogIndex(long Value) : IComparable<LogIndex>
{
    public static LogIndex None => default;

    public int CompareTo(LogIndex other) => Value.CompareTo(other.Value);

    public static bool operator <(LogIndex a, LogIndex b) => a.Value < b.Value;

    public static bool operator >(LogIndex a, LogIndex b) => a.Value > b.Value;

    public static bool operator <=(LogIndex a, LogIndex b) => a.Value <= b.Value;

    public static bool operator >=(LogIndex a, LogIndex b) => a.Value >= b.Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A Raft term.</summary>
public readonly record struct Term(long Value)
{
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One run of <c>drcmd</c> on a node; grows with every start, also over reboots. 0: never started.</summary>
public readonly record struct Incarnation(long Value) : IComparable<Incarnation>
{
    public int CompareTo(Incarnation other) => Value.CompareTo(other.Value);

    public static bool operator <(Incarnation a, Incarnation b) => a.Value < b.Value;

    public static bool operator >(Incarnation a, Incarnation b) => a.Value > b.Value;

    public static bool operator <=(Incarnation a, Incarnation b) => a.Value <= b.Value;

    public static bool operator >=(Incarnation a, Incarnation b) => a.Value >= b.Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The words of the resource kinds, as they stand in identifiers, logs and metrics.</summary>
public static class ResourceKinds
{
    public static string Word(this ResourceKind kind) => kind switch
    {
        ResourceKind.Ip => "ip",
        ResourceKind.Filesystem => "filesystem",
        ResourceKind.Service => "service",
        ResourceKind.Cron => "cron",
        ResourceKind.Application => "application",
    };

    public static bool TryParse(string word, out ResourceKind kind)
    {
        foreach (var candidate in Enum.GetValues<ResourceKind>())
        {
            if (candidate.Word() != word) continue;
            kind = candidate;
            return true;
        }
        kind = default;
        return false;
    }
}
