using System.Net;

namespace Drcm.Node.Addresses;

/// <summary>What this process has taken away and the kernel has not told of yet: the news do not say by whom. As many entries as there are addresses on
/// interfaces. Not thread-safe.</summary>
internal sealed class OwnRemovals
{
    private readonly Dictionary<(uint Link, IPAddress Address), int> _counts = [];

    public void Add(InterfaceAddress gone) => _counts[Key(gone)] = _counts.GetValueOrDefault(Key(gone)) + 1;

    /// <summary>True for as many news of it as there were removals.</summary>
    public bool Take(InterfaceAddress gone)
    {
        if (!_counts.Remove(Key(gone), out var count)) return false;
        if (count > 1) _counts[Key(gone)] = count - 1;
        return true;
    }

    public void Clear() => _counts.Clear();

    private static (uint Link, IPAddress Address) Key(InterfaceAddress gone) => (gone.Link, gone.Address);
}
