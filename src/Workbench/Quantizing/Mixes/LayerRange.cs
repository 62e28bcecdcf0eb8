namespace Tessera.Workbench.Quantizing.Mixes;

/// <summary>Which of <paramref name="count"/> layers, numbered by <paramref name="index"/> from 0.</summary>
internal delegate bool LayerRange(int index, int count);
