/**
 * Types of the page that follow from the wire types.
 *
 * @import {Activation, Analysed, DetectedFace, Dropped, FrameError, Prediction, Session} from "./protocol-types.js"
 *
 * @typedef {DetectedFace["box"]} Box `[x, y, w, h]` in pixels.
 * @typedef {[number, number]} Point
 * @typedef {Activation["square"]} RotatedSquare `[x, y, side, roll]`: centre and side in pixels, rotation
 * in degrees clockwise.
 * @typedef {Session["models"][number]} Model
 * @typedef {Prediction["faces"][number]} Result A model's prediction for one face.
 * @typedef {Analysed | Dropped | FrameError} Ack The acknowledgement of a frame.
 */

export {};
