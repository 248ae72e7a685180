namespace Drcm.Node.Addresses;

/// <summary>What became of putting an address on this host.</summary>
/// <param name="Problem">Empty: it is here. Else why not, with the remedy.</param>
internal readonly record struct TakeResult(string Problem)
{
    /// <summary>Somebody else on the network answers for it; nothing was done.</summary>
    public bool IsConflict { get; init; }
}
