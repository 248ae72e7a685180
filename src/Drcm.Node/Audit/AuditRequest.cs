namespace Drcm.Node.Audit;

/// <summary>Something to do on the audit's own thread, between two transactions.</summary>
/// <param name="Run">Gives true when the file is to be opened anew and the log read from its beginning.</param>
internal sealed record AuditRequest(Func<AuditDatabase, AuditProjector, bool> Run, TaskCompletionSource Done);
