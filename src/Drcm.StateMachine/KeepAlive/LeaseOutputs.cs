namespace Drcm.StateMachine.KeepAlive;

/// <summary>What one step of <see cref="LeaseCore"/> asks for. Reusable: the caller carries it out and calls <see cref="Clear"/>. Messages may be
/// sent at once, in any order with the writes: the core itself waits for <see cref="LeaseCore.PromiseStored"/>.</summary>
public sealed class LeaseOutputs
{
    private readonly List<OutgoingMessage> _messages = [];
    private readonly List<PromiseWrite> _writes = [];
    private readonly List<string> _notes = [];

    public IReadOnlyList<OutgoingMessage> Messages => _messages;

    /// <summary>At most one is under way at a time; each replaces the file's whole content.</summary>
    public IReadOnlyList<PromiseWrite> Writes => _writes;

    /// <summary>Sentences for the log.</summary>
    public IReadOnlyList<string> Notes => _notes;

    public void Clear()
    {
        _messages.Clear();
        _writes.Clear();
        _notes.Clear();
    }

    internal void Send(Message message) => _messages.Add(new OutgoingMessage(message.To, message));

    internal void Write(long writeId, PromiseTable table) => _writes.Add(new PromiseWrite(writeId, table));

    internal void Note(string sentence) => _notes.Add(sentence);
}

public readonly record struct OutgoingMessage(NodeId To, Message Message);

/// <param name="WriteId">To be given back to <see cref="LeaseCore.PromiseStored"/> or <see cref="LeaseCore.PromiseFailed"/>.</param>
/// <param name="Table">To be written and flushed.</param>
public readonly record struct PromiseWrite(long WriteId, PromiseTable Table);
