namespace Drcm.StateMachine.Solo;

/// <summary>Which history of a pair of nodes this is (T5): it comes before the term in every comparison, and indexes of two generations say nothing about each
/// other. Each node that goes solo begins a new one. Totally ordered, so that two that were begun apart have a winner without asking anybody: the greater
/// number, then the greater name of the owner, then its later run.</summary>
/// <param name="Number">0: the cluster's first, which nobody began alone.</param>
/// <param name="Owner">Who began it.</param>
/// <param name="By">In which run of its daemon.</param>
public readonly record struct Generation(long Number, NodeId Owner, Incarnation By) : IComparable<Generation>
{
    public bool IsFirst => Number == 0;

    public int CompareTo(Generation other)
    {
        var byNumber = Number.CompareTo(other.Number);
        if (byNumber != 0) return byNumber;
        var byOwner = Owner.CompareTo(other.Owner);
        return byOwner != 0 ? byOwner : By.CompareTo(other.By);
    }

    public override string ToString() => IsFirst ? "0" : $"{Number} ({Owner})";

    public static bool operator <(Generation a, Generation b) => a.CompareTo(b) < 0;

    public static bool operator >(Generation a, Generation b) => a.CompareTo(b) > 0;

    public static bool operator <=(Generation a, Generation b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Generation a, Generation b) => a.CompareTo(b) >= 0;
}
