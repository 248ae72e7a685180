namespace Drcm.Consensus.Transport;

/// <summary>A request was not answered; the message says why.</summary>
/// <param name="mayHaveArrived">False: it was certainly not handled. True: it may have been.</param>
public sealed class PeerUnreachableException(string message, bool mayHaveArrived, Exception? inner = null) : Exception(message, inner)
{
    public bool MayHaveArrived { get; } = mayHaveArrived;
}
