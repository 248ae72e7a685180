namespace Drcm.Consensus.Entries;

/// <summary>An append that waits for its fate.</summary>
internal sealed class Proposal(Guid id)
{
    private readonly Lock _sync = new();
    private volatile bool _isWritten;
    private AppendOutcome? _outcome;

    public Guid Id { get; } = id;

    /// <summary>Set when the entry is in the log: from here on it may commit whatever else happens.</summary>
    public bool IsWritten
    {
        get => _isWritten;
        set => _isWritten = value;
    }

    /// <summary>Null until the entry has been applied here.</summary>
    public AppendOutcome? Outcome
    {
        get
        {
            lock (_sync)
            {
                return _outcome;
            }
        }
    }

    public void Complete(AppendOutcome outcome)
    {
        lock (_sync)
        {
            _outcome = outcome;
        }
    }
}
