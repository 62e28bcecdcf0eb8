namespace Tessera.Architectures;

/// <summary>Which two values of a head turn together.</summary>
public enum RotaryPairing
{
    /// <summary>Neighbours: 2i and 2i + 1 (Llama in GGUF files).</summary>
    Adjacent,

    /// <summary>Halves: i and i + n/2 (GPT-NeoX, Qwen).</summary>
    Halves,
}
